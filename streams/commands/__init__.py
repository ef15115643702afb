"""The commands of `rightswatch`, one file each. They read options, call the code that does the work, and print."""

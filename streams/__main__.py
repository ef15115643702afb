"""`python -m streams` is the same as `rightswatch`."""

from streams.cli import main

if __name__ == "__main__":
    main()

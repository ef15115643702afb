"""Who is to be told of a confirmed alert, and where: by rules that a lawyer can read."""

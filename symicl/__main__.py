"""`python -m symicl` is the command `symicl`."""

from symicl.cli import main

if __name__ == "__main__":
    main()

"""`python -m fitscope` is the command `fitscope`: where its folder is not on the path, say."""

from fitscope.cli.entry import main

if __name__ == "__main__":
    main()

"""The command line: Typer commands that ask the HTTP API, and few that work on files of this machine."""

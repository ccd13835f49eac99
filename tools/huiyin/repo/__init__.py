"""Reading and writing the repository: strict YAML, files, Git trees. May read files and Git; knows no rules."""

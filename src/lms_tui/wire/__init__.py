"""What both halves say: msgspec Structs and the table of operations. Imports msgspec and the stdlib only."""

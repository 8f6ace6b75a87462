"""What programs print while they train: any text with curves in it, read line by line."""

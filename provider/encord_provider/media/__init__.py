"""What a file is, from ranges of its bytes. Pure, over a range reader."""

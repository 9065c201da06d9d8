"""What the keeper of a server does with the data: back up, restore, verify, move. Not shipped to Lambda."""

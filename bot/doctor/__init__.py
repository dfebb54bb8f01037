"""`worthwhile doctor`: checks of everything that the bot rests on, each of which stops no other."""

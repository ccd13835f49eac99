"""The cases as tables for engines of others: facts by case id, without titles, texts and names (第十九条)."""

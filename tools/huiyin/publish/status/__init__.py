"""“我的留言办到哪一步了”: one small file a message, which only its number and query code can find and open."""

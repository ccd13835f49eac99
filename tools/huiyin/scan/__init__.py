"""Looking through everything that was built, before anybody else does (第十九条; 个人信息保护法第九条)."""

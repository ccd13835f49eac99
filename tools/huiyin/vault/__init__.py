"""The vault: personal data outside Git, one age file a case, which can be erased (第十九条; design §1.5)."""

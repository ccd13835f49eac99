"""Where facts about pull requests come from: forges, or Git and signatures alone."""

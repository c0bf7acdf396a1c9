"""The web pages: what the queries say, as HTML that reads without JavaScript, each with a twin in JSON."""

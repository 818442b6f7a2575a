"""The catalogues of sentences, and the tool that keeps them: `python -m web.translations update|compile`."""

"""What training programs write, each a template with made-up curves: `dialect.py` says how."""

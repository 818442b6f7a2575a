"""Why this plan, what another would cost, and what would help: answers around a plan that is made."""

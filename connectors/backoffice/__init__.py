"""What the brand's own systems know of its customers. `connectors.sync` copies it into the store."""

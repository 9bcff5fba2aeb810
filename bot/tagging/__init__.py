"""Industries, embeddings and look-alikes."""

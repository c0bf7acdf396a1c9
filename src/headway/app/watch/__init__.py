"""What Headway sees of the outside, turned into facts: images, manifests, branches, engines."""

"""Files of transforms, one module a format."""

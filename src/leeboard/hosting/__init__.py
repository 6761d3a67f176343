"""The models behind endpoints: which program or URL stands for an image, and how it is asked."""

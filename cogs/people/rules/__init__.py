"""The decisions of people and pods: values in, values out."""

"""The world's rows in the words of Encord's wire."""

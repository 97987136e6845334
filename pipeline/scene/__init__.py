"""What came and went in the still part of the picture, decided from the pictures before and after."""

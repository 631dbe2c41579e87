"""Models of prompts trained on regression tasks, and judged by their exact excess loss."""

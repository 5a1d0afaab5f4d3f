"""What runs without anybody waiting: deadlines, deliveries, live cards, and their pace."""

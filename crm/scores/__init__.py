"""How good calls were: scorecards, and what people answered to them."""

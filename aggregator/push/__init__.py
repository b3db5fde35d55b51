"""WebSub (W3C Recommendation, 2018): our hub for our channels, and subscriptions to outlets' hubs."""

"""Alert rules, what they find, and whom they tell.

What happens is written in the transaction in which it happens: incidents that open or are over, and the
notices that follow from them. Notices leave through the queue (`service/work/kinds/delivery.py`).
"""

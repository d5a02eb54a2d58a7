"""The structured invoice: model of EN 16931, UBL 2.1 of Peppol BIS Billing 3.0, and our own check. Pure: no database, no clock.

Sources: EN 16931-1 (business terms BT-…, groups BG-…); Peppol BIS Billing 3.0.21 of May 2026; royal decree no. 1, art. 5.
"""

"""Where contents lie: framing and sealing, the keys, and the folder of blobs."""

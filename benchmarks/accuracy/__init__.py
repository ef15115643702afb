"""`accuracy-text`: disguises found and honest listings left alone, beside two baselines. README.md says how."""

"""Linear self-attention on tokens that are not Gaussian: does the trained model take the derived step?"""

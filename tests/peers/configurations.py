"""The paper's table 1, for the networks in Keras and in PyTorch."""

# Channels of the convolutions of each block; a negative number is a 1x1 convolution.
CONFIGURATIONS = {
    "A": [[64], [128], [256] * 2, [512] * 2, [512] * 2],
    "A-LRN": [[64], [128], [256] * 2, [512] * 2, [512] * 2],
    "B": [[64] * 2, [128] * 2, [256] * 2, [512] * 2, [512] * 2],
    "C": [[64] * 2, [128] * 2, [256, 256, -256], [512, 512, -512], [512, 512, -512]],
    "D": [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3],
    "E": [[64] * 2, [128] * 2, [256] * 4, [512] * 4, [512] * 4],
}

"""PyTorch's side of the benchmark: VGG16 with channels last, in float32 or under bfloat16 autocast.

It computes on an NVIDIA card where there is one. As TensorFlow does there, it then tries cuDNN's
algorithms for the fastest, and multiplies float32 as TF32 unless NVIDIA_TF32_OVERRIDE=0 forbids it.
"""

import torch
from torch import nn

import worker

CHANNELS = [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"]


DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def open_case(case: dict):
    torch.manual_seed(7)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    model = vgg16(case["size"], case["hidden"]).to(DEVICE, memory_format=torch.channels_last)
    model.train(case["what"] == "train")
    shape = (case["batch"], case["size"], case["size"], 3)
    # Rows of pixels, as they come from files, seen as channels last without a copy.
    images = torch.rand(shape).permute(0, 3, 1, 2)
    labels = torch.arange(case["batch"]) % 10
    bfloat16 = case["precision"] == "bfloat16"
    optimizer = torch.optim.SGD(model.parameters(), 0.001, momentum=0.9, nesterov=True)
    cross_entropy = nn.CrossEntropyLoss()

    def autocast():
        return torch.autocast(DEVICE, torch.bfloat16, enabled=bfloat16)

    # From the program's memory in every step; reading the result waits until the card is done.
    def train() -> float:
        optimizer.zero_grad()
        with autocast():
            loss = cross_entropy(model(images.to(DEVICE)), labels.to(DEVICE))
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict() -> float:
        with torch.inference_mode(), autocast():
            return model(images.to(DEVICE)).float().cpu().numpy()[0, 0].item()

    step = train if case["what"] == "train" else predict
    parameters = sum(parameter.numel() for parameter in model.parameters())
    where = f" on {torch.cuda.get_device_name()}" if DEVICE == "cuda" else ""
    return f"PyTorch {torch.__version__}{where}", parameters, worker.timed(step)


def vgg16(size: int, hidden: int) -> nn.Module:
    layers, channels = [], 3
    for item in CHANNELS:
        if item == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers += [nn.Conv2d(channels, item, 3, padding=1), nn.ReLU(inplace=True)]
            channels = item
    layers.append(nn.Flatten())
    features = channels * (size // 32) ** 2
    for inputs in [features, hidden]:
        layers += [nn.Linear(inputs, hidden), nn.ReLU(inplace=True)]
    layers.append(nn.Linear(hidden, 10))
    model = nn.Sequential(*layers)
    for layer in model:
        # Glorot's, as the other frameworks start.
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


worker.serve(open_case)

"""PyTorch's side of the benchmark: VGG16 with channels last, in float32 or under bfloat16 autocast.

It computes on an NVIDIA card where there is one. As TensorFlow does there, it then tries cuDNN's
algorithms for the fastest, and multiplies float32 as TF32 unless NVIDIA_TF32_OVERRIDE=0 forbids it.
"""

import torch
from torch import nn
from torch._inductor import config as inductor

import worker

CHANNELS = [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"]


DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


# What inductor compiles on a CPU needs a C++ compiler, on a card Triton.
FORMS = {"float32", "autocast", "model.bfloat16()", "eager", "torch.compile", "freezing"}


def open_case(case: dict):
    torch.manual_seed(7)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    bfloat16 = case["precision"] == "bfloat16"
    words = worker.words_of(case.get("form") or ("autocast" if bfloat16 else "float32"), FORMS)
    model = vgg16(case["size"], case["hidden"]).to(DEVICE, memory_format=torch.channels_last)
    model.train(case["what"] == "train")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    dtype = torch.bfloat16 if "model.bfloat16()" in words else torch.float32
    model.to(dtype)
    if "torch.compile" in words:
        inductor.freezing = "freezing" in words
        model = torch.compile(model, dynamic=False)
    shape = (case["batch"], case["size"], case["size"], 3)
    # Rows of pixels, as they come from files, seen as channels last without a copy.
    images = torch.rand(shape).permute(0, 3, 1, 2)
    labels = torch.arange(case["batch"]) % 10
    optimizer = torch.optim.SGD(model.parameters(), 0.001, momentum=0.9, nesterov=True)
    cross_entropy = nn.CrossEntropyLoss()

    def autocast():
        return torch.autocast(DEVICE, torch.bfloat16, enabled="autocast" in words)

    # From the program's memory in every step; reading the result waits until the card is done.
    def train() -> float:
        optimizer.zero_grad()
        with autocast():
            loss = cross_entropy(model(images.to(DEVICE)), labels.to(DEVICE))
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict() -> float:
        return model(images.to(DEVICE, dtype)).float().cpu().numpy()[0, 0].item()

    def predict_all(steps: int) -> dict:
        # One context around all calls: PyTorch casts the weights once for each context.
        with torch.inference_mode(), autocast():
            return worker.timed(predict)(steps)

    run = worker.timed(train) if case["what"] == "train" else predict_all
    where = f" on {torch.cuda.get_device_name()}" if DEVICE == "cuda" else ""
    return f"PyTorch {torch.__version__}{where}", parameters, run


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

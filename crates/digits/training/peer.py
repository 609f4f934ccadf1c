"""What JAX makes of the same network: fixtures that the tests of the digit reader are held against.

    pip install jax
    python peer.py ../src/weights.bin fixtures/training.json ../tests/logits.json

The first fixture has logits, loss and derivatives of one step of training; the second the logits of the committed weights.
Inputs and parameters of the first come from a formula, so that only results have to be kept.
"""

import json
import struct
import sys

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

# kernel, inputs, outputs, padding, pooled
CONVOLUTIONS = [(5, 1, 16, 2, True), (3, 16, 32, 1, False), (3, 32, 32, 1, True), (3, 32, 48, 0, False), (3, 48, 40, 0, False)]
FEATURES, CLASSES = 360, 10
SAMPLES = 16


def formula(first, count):
    """Numbers from -1 to 1 that look random, and are the same in every language."""
    numbers = (np.arange(first, first + count, dtype=np.uint64) * 2654435761) % 2**32
    return (numbers >> np.uint64(16)).astype(np.float64) / 32768 - 1


def glyphs(count):
    return np.maximum(formula(7, count * 784), 0).reshape(count, 28, 28, 1)


def convolve(map_, weights, padding):
    dimensions = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(map_, weights, (1, 1), [(padding, padding)] * 2, dimension_numbers=dimensions)


def pool(map_):
    return jax.lax.reduce_window(map_, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def learning(parts, map_):
    """Forward with batch normalisation; parts are weights, scale and offset of each block, then the dense layer."""
    parts = iter(parts)
    for kernel, inputs, outputs, padding, pooled in CONVOLUTIONS:
        map_ = convolve(map_, next(parts).reshape(kernel, kernel, inputs, outputs), padding)
        mean, variance = map_.mean((0, 1, 2)), map_.var((0, 1, 2))
        map_ = (map_ - mean) / jnp.sqrt(variance + 1e-5) * next(parts) + next(parts)
        map_ = jax.nn.relu(map_)
        map_ = pool(map_) if pooled else map_
    return map_.reshape(map_.shape[0], FEATURES) @ next(parts).reshape(FEATURES, CLASSES) + next(parts)


def reading(numbers, map_):
    """Forward of the reader's numbers: of each convolution weights and biases, then a row of weights for each digit."""
    at = 0

    def take(count):
        nonlocal at
        at += count
        return numbers[at - count : at]

    for kernel, inputs, outputs, padding, pooled in CONVOLUTIONS:
        weights = take(kernel * kernel * inputs * outputs).reshape(kernel, kernel, inputs, outputs)
        map_ = jax.nn.relu(convolve(map_, weights, padding) + take(outputs))
        map_ = pool(map_) if pooled else map_
    weights = take(FEATURES * CLASSES).reshape(CLASSES, FEATURES)
    return map_.reshape(map_.shape[0], FEATURES) @ weights.T + take(CLASSES)


def sizes():
    for kernel, inputs, outputs, _, _ in CONVOLUTIONS:
        reach = kernel * kernel * inputs
        yield reach * outputs, (2 / reach) ** 0.5
        yield outputs, 1.0
        yield outputs, 1.0
    yield FEATURES * CLASSES, FEATURES**-0.5
    yield CLASSES, 1.0


def training_fixture():
    parts, first = [], 0
    for count, size in sizes():
        parts.append(jnp.asarray(formula(first, count) * size))
        first += count
    pictures, digits = jnp.asarray(glyphs(4)), jnp.asarray([3, 0, 9, 5])

    def loss(parts):
        logits = learning(parts, pictures)
        return -jax.nn.log_softmax(logits)[jnp.arange(4), digits].mean(), logits

    (value, logits), slopes = jax.value_and_grad(loss, has_aux=True)(parts)
    slopes = [np.asarray(slope).ravel() for slope in slopes]
    samples = [slope[:: max(1, len(slope) // SAMPLES)][:SAMPLES].tolist() for slope in slopes]
    norms = [float(np.sqrt((slope**2).sum())) for slope in slopes]
    return {"loss": float(value), "logits": np.asarray(logits).tolist(), "samples": samples, "norms": norms}


def reading_fixture(weights):
    file = open(weights, "rb").read()
    numbers = np.asarray(struct.unpack(f"<{(len(file) - 16) // 4}f", file[8:-8]))[3:]
    checksum = struct.unpack("<Q", file[-8:])[0]
    logits = reading(jnp.asarray(numbers), jnp.asarray(glyphs(6)))
    return {"weights": f"{checksum >> 32:08x}", "logits": np.asarray(logits).tolist()}


if __name__ == "__main__":
    _, weights, training, logits = sys.argv
    json.dump(training_fixture(), open(training, "w"))
    json.dump(reading_fixture(weights), open(logits, "w"))

#!/usr/bin/env bash
# Software:   onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6.
# Behaviour:  a ConvTranspose with auto_pad SAME_UPPER whose kernel (2) is smaller than its stride (3) makes 9 pixels of
#             3 in ONNX's reference evaluator and its text, 8 in onnxruntime and in ONNX's own shape inference. A kernel
#             as large as the stride gives 9 everywhere.
# One would guess: "same" means input times stride, for every kernel, and a standard agrees with itself.
# Found in:   onnx/docs/Operators.md, ConvTranspose, `auto_pad`; onnx/reference/ops/op_conv_transpose.py.
# Meets us:   generators that are read from ONNX files; shapes have to come from the kernel's rule, not from "same".
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

seen=$(python - <<'PY'
import numpy
import onnxruntime
from onnx import TensorProto, helper, shape_inference
from onnx.reference import ReferenceEvaluator

STRIDE = 3
for kernel in 3, 2:
    weight = helper.make_tensor("w", TensorProto.FLOAT, [1, 1, kernel, kernel], numpy.ones(kernel**2, "float32"))
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[STRIDE] * 2, auto_pad="SAME_UPPER")
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 3, 3])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "graph", [image], [made], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    given = {"x": numpy.ones((1, 1, 3, 3), "float32")}
    reference = ReferenceEvaluator(model).run(None, given)[0].shape[-1]
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    runtime = session.run(None, given)[0].shape[-1]
    inferred = shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape.dim[-1].dim_value
    print(f"kernel {kernel}, stride {STRIDE}, width 3: reference {reference}, onnxruntime {runtime}, inferred {inferred}")
PY
)
as_stated "$seen" <<'STATED'
kernel 3, stride 3, width 3: reference 9, onnxruntime 9, inferred 9
kernel 2, stride 3, width 3: reference 9, onnxruntime 8, inferred 8
STATED

# 实验室的文字。每行一条；参数原样写出。

stage-title = 平面
stage-hint = 真实点、生成点，以及判别器对每个位置的看法。
stage-summary = 第 { $step } 步：{ $count } 个生成点中有 { $seen } 个落在真实点的画面内。
layers = 显示内容
layer-reals = 真实
layer-fakes = 生成
layer-surface = 判别器
layer-lattice = 潜变量网格
layer-pulls = 对生成器的拉力
layer-trails = 轨迹
legend-fake = 假
legend-real = 真
walk-first = 第一潜变量坐标
walk-second = 第二潜变量坐标
walk-hint = 指向图中某处，或移动滑块：哪个潜变量落在哪里？
walk-place = 潜变量（{ $latent }）落在（{ $x }，{ $y }）。

// What the element says, in English and Chinese.

const WORDS = {
  en: {
    again: "New samples",
    all: "all classes",
    across: "Walk across",
    back: "Back to the samples",
    class: "Class",
    code: (number) => `Code ${number}`,
    codes: "Codes",
    download: "Download as PNG",
    drag: "Drag across the picture to walk through latent space",
    failed: "The generator could not be shown.",
    free: "drawn",
    images: (count) => (count === 1 ? "A sample of a generator" : `${count} samples of a generator`),
    loading: "Loading the generator",
    morph: "Morph",
    pick: "Pick two samples",
    picked: (count) => (count === 1 ? "One picked: pick another" : "Move the slider to morph"),
    points: (count) => `${count} points of a generator, in the plane`,
    retry: "Try again",
    sample: (number) => `Sample ${number}`,
    shown: (count) => (count === 1 ? "A new sample" : `${count} new samples`),
    show: "Show samples",
    up: "Walk up",
  },
  zh: {
    again: "新样本",
    all: "全部类别",
    across: "横向漫步",
    back: "返回样本",
    class: "类别",
    code: (number) => `编码 ${number}`,
    codes: "编码",
    download: "下载 PNG",
    drag: "在图上拖动，在潜空间中漫步",
    failed: "无法显示生成器。",
    free: "随机",
    images: (count) => `生成器的 ${count} 个样本`,
    loading: "正在载入生成器",
    morph: "渐变",
    pick: "选择两个样本",
    picked: (count) => (count === 1 ? "已选一个，再选一个" : "移动滑块进行渐变"),
    points: (count) => `生成器在平面上的 ${count} 个点`,
    retry: "重试",
    sample: (number) => `样本 ${number}`,
    shown: (count) => `${count} 个新样本`,
    show: "显示样本",
    up: "纵向漫步",
  },
};

/** The texts for a language tag such as `zh-CN`; English where there are none. */
export function wordsOf(tag) {
  return WORDS[String(tag).toLowerCase().split("-")[0]] ?? WORDS.en;
}

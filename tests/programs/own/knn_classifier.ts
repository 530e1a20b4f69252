import * as knnClassifier from "@tensorflow-models/knn-classifier";
import * as tf from "@tensorflow/tfjs";

const size = 64;
const classes = 3;

/** A point of a class: noise around a corner of its own. */
function point(label: number): tf.Tensor1D {
  return tf.tidy(() => {
    const center = tf.range(0, size).mod(tf.scalar(classes)).equal(tf.scalar(label));
    return tf.randomNormal<tf.Rank.R1>([size]).add(center.cast("float32").mul(2));
  });
}

/**
 * Teaches tfjs-models' nearest-neighbor classifier points of three classes, through its saved form too.
 *
 * @returns Its accuracy on other points.
 */
export async function classifyByNeighbors(examples: number, questions: number): Promise<number> {
  const teacher = knnClassifier.create();
  for (let example = 0; example < examples; example++) {
    const x = point(example % classes);
    teacher.addExample(x, `class ${example % classes}`);
    x.dispose();
  }
  const classifier = knnClassifier.create();
  const dataset = teacher.getClassifierDataset();
  classifier.setClassifierDataset(
    Object.fromEntries(Object.entries(dataset).map(([label, data]) => [label, data.clone()])),
  );
  teacher.dispose();
  let right = 0;
  for (let question = 0; question < questions; question++) {
    const x = point(question % classes);
    const { label } = await classifier.predictClass(x, 5);
    right += +(label === `class ${question % classes}`);
    x.dispose();
  }
  classifier.dispose();
  return right / questions;
}

/** The program: prints the accuracy. */
export async function main([examples, questions]: readonly string[]): Promise<void> {
  const accuracy = await classifyByNeighbors(Number(examples), Number(questions));
  // deno-lint-ignore no-console -- It is a program, whose output is read.
  console.log(`accuracy = ${accuracy.toFixed(3)}`);
}

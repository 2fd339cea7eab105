export function SamplesScreen() {
  return null;
}

export function InspectScreen() {
  return null;
}

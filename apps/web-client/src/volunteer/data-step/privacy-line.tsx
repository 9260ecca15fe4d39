/** Stands beside every picker. */
export function PrivacyLine() {
  return <p class="privacy">Your data never leaves this device.</p>;
}

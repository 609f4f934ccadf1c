export default function DataOfAccounts() {
  return <h1>DataOfAccounts</h1>;
}

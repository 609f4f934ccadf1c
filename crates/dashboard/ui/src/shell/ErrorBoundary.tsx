import { Component, type ReactNode } from "react";
import { Failure } from "../components/States";

/** A fault of one screen leaves the others reachable. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (this.state.error) return <Failure error={this.state.error} onRetry={() => location.reload()} />;
    return this.props.children;
  }
}

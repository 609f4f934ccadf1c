import { type ComponentType, useEffect, useState } from "react";

interface Module<P> {
  default: ComponentType<P>;
}

/** A component whose code is loaded apart from the rest. */
export interface Deferred<P> extends React.FC<P> {
  /** Begins to load the code, for whoever knows that it will be needed. */
  preload: () => Promise<ComponentType<P>>;
}

/**
 * A component whose code is loaded when it is first shown, or preloaded; the placeholder stands there until then. React's
 * `lazy` with `Suspense` holds back what has arrived for up to 300 ms after another placeholder was shown, which on the way
 * to the first chart happened twice. A failure to load is thrown to the nearest boundary, and the next attempt loads anew.
 */
export function deferred<P extends object>(load: () => Promise<Module<P>>, Placeholder: ComponentType): Deferred<P> {
  let loaded: ComponentType<P> | undefined;
  let loading: Promise<ComponentType<P>> | undefined;

  function preload(): Promise<ComponentType<P>> {
    loading ??= load().then(
      (module) => (loaded = module.default),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  }

  function Component(props: P) {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>();
    useEffect(() => {
      if (Loaded) return;
      let isShown = true;
      preload().then(
        (component) => isShown && setLoaded(() => component),
        (error: unknown) => isShown && setFailure(error),
      );
      return () => {
        isShown = false;
      };
    }, [Loaded]);
    if (failure !== undefined) throw failure;
    return Loaded ? <Loaded {...props} /> : <Placeholder />;
  }

  return Object.assign(Component, { preload });
}

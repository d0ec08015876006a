// For whoever came without the link: how to come in.
export function SignedOut({ reason }: { reason: string }) {
  return (
    <div className="notice" role="alert">
      <h1>You are not signed in</h1>
      <p>{reason[0]?.toUpperCase() + reason.slice(1)}.</p>
      <p>
        The console can stop nodes and break links, so it opens for whoever started the cluster. In the folder of the
        cluster, this opens it, or prints the link:
      </p>
      <pre className="command">npx faultline open</pre>
    </div>
  )
}

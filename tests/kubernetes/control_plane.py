"""A Kubernetes control plane of plain processes, as a manager of ours would run it in containers: with the CA, the tokens and
the addresses that its card was given. Everything is this machine's own, and ends with it."""

import json
import subprocess
import time

from rig.programs import ProgramFailed, run

PORT = 6443
_SECONDS_TO_ANSWER = 180


class ControlPlane:
    """Use as a context manager. BINARIES: the folder that `build` made for this machine. CARD: the manager's files."""

    def __init__(self, binaries, card, work):
        self._binaries = binaries
        self._card = card
        self._work = work
        self._pki = work / "pki"
        self._processes = []
        self.admin = work / "admin.conf"

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kubectl(self, *words, allowed=(0,)):
        return run(self._binaries / "kubectl", "--kubeconfig", self.admin, *words, allowed=allowed)

    def nodes(self):
        listed = self.kubectl("get", "nodes", "-o", "json", allowed=None)
        return json.loads(listed.stdout)["items"] if listed.returncode == 0 else []

    def _start(self):
        # What the manager's card was given; the rest is kubeadm's to make.
        self._card.copy_pki(self._pki)
        config = self._write_config()
        self._kubeadm("certs", "all", config)
        for who in ("admin", "controller-manager"):
            self._kubeadm("kubeconfig", who, config, "--kubeconfig-dir", self._work)
        self._run_etcd()
        self._run_api_server()
        self._wait_for("the API server", lambda: self.kubectl("get", "--raw", "/readyz", allowed=None).stdout == "ok")
        self._run_controllers()
        self._kubeadm("upload-config", "kubeadm", config, "--kubeconfig", self.admin)
        # It puts the kubelet's settings where nodes look for them, and then waits for a node that is none here.
        self._kubeadm("upload-config", "kubelet", config, "--kubeconfig", self.admin, allowed=None, timeout=60)
        self._kubeadm("bootstrap-token", "", config, "--kubeconfig", self.admin, "--skip-token-print")
        signatures = [f"jws-kubeconfig-{token.split('.')[0]}" for token in self._card.tokens()]
        self._wait_for("the signed cluster-info", lambda: self._cluster_info().keys() >= set(signatures))

    def _cluster_info(self):
        found = self.kubectl("-n", "kube-public", "get", "configmap", "cluster-info", "-o", "json", allowed=None)
        return json.loads(found.stdout)["data"] if found.returncode == 0 else {}

    def _kubeadm(self, phase, what, config, *more, allowed=(0,), timeout=120):
        words = [word for word in (phase, what) if word]
        try:
            return run(self._binaries / "kubeadm", "init", "phase", *words, "--config", config, *more, allowed=allowed,
                       timeout=timeout)
        except ProgramFailed:
            if allowed is not None:
                raise
            return None

    def _write_config(self):
        """The documents that kubeadm of this version reads (kubeadm.k8s.io/v1beta2)."""
        address, record = self._card.address, self._card.record
        kubeadm = record["join"]["kubeadm"]
        documents = [
            {"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "InitConfiguration",
             "bootstrapTokens": [{"token": token, "ttl": "0s"} for token in self._card.tokens()],
             "localAPIEndpoint": {"advertiseAddress": address, "bindPort": PORT}},
            {"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "ClusterConfiguration",
             "kubernetesVersion": run(self._binaries / "kubeadm", "version", "-o", "short").stdout.strip(),
             "certificatesDir": str(self._pki), "controlPlaneEndpoint": f"{address}:{PORT}",
             "networking": {"podSubnet": kubeadm["pod_subnet"], "serviceSubnet": kubeadm["service_subnet"]}},
            {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "cgroupDriver": "systemd",
             # Of the node, where kubeadm puts it; ours is in another folder here.
             "authentication": {"x509": {"clientCAFile": "/etc/kubernetes/pki/ca.crt"}}}]
        config = self._work / "kubeadm.json"
        config.write_text("\n---\n".join(json.dumps(document) for document in documents))
        config.chmod(0o600)
        return config

    def _run(self, name, *words):
        with open(self._work / f"{name}.log", "wb") as log:
            self._processes.append(subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log))

    def _run_etcd(self):
        self._run("etcd", "etcd", "--data-dir", self._work / "etcd", "--listen-client-urls", "http://127.0.0.1:2379",
                  "--advertise-client-urls", "http://127.0.0.1:2379", "--listen-peer-urls", "http://127.0.0.1:2380")

    def _run_api_server(self):
        pki = self._pki
        self._run(
            "kube-apiserver", self._binaries / "kube-apiserver", f"--advertise-address={self._card.address}",
            f"--secure-port={PORT}", "--etcd-servers=http://127.0.0.1:2379", "--allow-privileged=true",
            "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth=true",
            f"--client-ca-file={pki}/ca.crt", f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key", f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={pki}/apiserver-kubelet-client.key", f"--service-account-key-file={pki}/sa.pub",
            f"--service-account-signing-key-file={pki}/sa.key",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-cluster-ip-range={self._card.record['join']['kubeadm']['service_subnet']}",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt", "--requestheader-allowed-names=front-proxy-client",
            f"--proxy-client-cert-file={pki}/front-proxy-client.crt", f"--proxy-client-key-file={pki}/front-proxy-client.key")

    def _run_controllers(self):
        pki, config = self._pki, self._work / "controller-manager.conf"
        self._run(
            "kube-controller-manager", self._binaries / "kube-controller-manager", f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}", "--bind-address=127.0.0.1",
            "--leader-elect=false", "--controllers=*,bootstrapsigner,tokencleaner", "--use-service-account-credentials=true",
            f"--client-ca-file={pki}/ca.crt", f"--root-ca-file={pki}/ca.crt", f"--cluster-signing-cert-file={pki}/ca.crt",
            f"--cluster-signing-key-file={pki}/ca.key", f"--service-account-private-key-file={pki}/sa.key")

    def _wait_for(self, what, probe):
        end = time.monotonic() + _SECONDS_TO_ANSWER
        while not probe():
            for process in self._processes:
                if process.poll() is not None:
                    raise ProgramFailed(f"waiting for {what}: {process.args[0]} ended; see {self._work}")
            if time.monotonic() > end:
                raise ProgramFailed(f"waiting for {what}: not there after {_SECONDS_TO_ANSWER} s; see {self._work}")
            time.sleep(1)

. /umd/ktap.sh
modprobe pgp_mgr || exit 1
ls -la /pgp | head -100
keyctl newring test @u
for k in rsa2048 rsa3072 rsa4096 nistp256 nistp384 nistp521 ed25519 subkeys revoked expired sha1 rsa1024 rsa2048.flipped x509 text; do
 echo "== $k"; keyctl padd asymmetric "" %:test < /pgp/$k
done
cat /proc/keys
cat /sys/kernel/debug/umd/pgp_umh/statistics
dmesg | tail -20

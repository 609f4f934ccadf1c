fn main() {
    let r = atalaya_digits::network::Network::of(&vec![0.01; atalaya_digits::network::PARAMETERS]).unwrap();
    let g = [0.5; 784];
    let mut s = 0.0;
    for _ in 0..2000 {
        s += r.logits(std::hint::black_box(&g))[0];
    }
    println!("{s}");
}
